// Before the first paint, so that no page flashes in the other theme. A file of its own, for the content security policy.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("aika.theme");
  } catch (error) {
    // Storage is forbidden here: the system's theme it is.
  }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  // These pages stand without the app's frame.
  if (/^\/(sign-in|signed-out|embed)/.test(location.pathname)) document.documentElement.dataset.bare = "";
})();
