// <sound-recorder for="field-sound">: records from the microphone into that file field. Draws nothing where that is impossible
// (no script, no microphone, plain http from another machine).
class SoundRecorder extends HTMLElement {
  connectedCallback() {
    if (!navigator.mediaDevices || !window.MediaRecorder) return;
    this.button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "button button--plain",
      textContent: "Record",
    });
    this.note = Object.assign(document.createElement("span"), { className: "muted" });
    this.note.setAttribute("role", "status");
    this.className = "cluster";
    this.append(this.button, this.note);
    this.button.addEventListener("click", () => (this.recorder ? this.recorder.stop() : this.record()));
  }

  async record() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.note.textContent = "The microphone may not be used; allow it in the browser, or choose a file.";
      return;
    }
    const parts = [];
    this.recorder = new MediaRecorder(this.stream);
    this.recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    this.recorder.addEventListener("stop", () => this.keep(parts));
    this.recorder.start();
    this.button.textContent = "Stop";
    this.note.textContent = "Recording…";
  }

  keep(parts) {
    const type = this.recorder.mimeType;
    const kind = type.includes("ogg") ? "ogg" : type.includes("mp4") ? "m4a" : "webm";
    const files = new DataTransfer();
    files.items.add(new File(parts, `recording.${kind}`, { type }));
    const field = document.getElementById(this.getAttribute("for"));
    field.files = files.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    for (const track of this.stream.getTracks()) track.stop();
    this.recorder = null;
    this.button.textContent = "Record again";
    this.note.textContent = "Recorded.";
  }
}

customElements.define("sound-recorder", SoundRecorder);
