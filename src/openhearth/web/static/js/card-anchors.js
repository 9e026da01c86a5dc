// Leads #usage to the heading user-content-usage: ids in cards carry that prefix, so that none can take a page's own.
function followAnchor() {
  const name = decodeURIComponent(location.hash.slice(1));
  if (name && !document.getElementById(name)) document.getElementById(`user-content-${name}`)?.scrollIntoView();
}
addEventListener("hashchange", followAnchor);
followAnchor();
