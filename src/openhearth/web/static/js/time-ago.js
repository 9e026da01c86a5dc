// <time-ago>: keeps "3 minutes ago" true while the page is open, and gives the exact local time as the title.
const STEPS = [[60, "second"], [60, "minute"], [24, "hour"], [7, "day"], [4.35, "week"], [12, "month"], [Infinity, "year"]];
const words = new Intl.RelativeTimeFormat("en", { numeric: "always" });

function ago(moment) {
  let amount = (moment - Date.now()) / 1000;
  if (Math.abs(amount) < 45) return "just now";
  for (const [step, unit] of STEPS) {
    if (Math.abs(amount) < step) return words.format(Math.trunc(amount) || Math.sign(amount), unit);
    amount /= step;
  }
}

class TimeAgo extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    const moment = Date.parse(time?.dateTime);
    if (Number.isNaN(moment)) return;
    time.title = new Date(moment).toLocaleString();
    const show = () => { time.textContent = ago(moment); };
    show();
    this.timer = setInterval(show, 60_000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }
}

customElements.define("time-ago", TimeAgo);
