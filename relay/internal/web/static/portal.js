// Keeps the status page current and formats the code field. Without it the pages work the same, by reloading themselves.
(() => {
  const live = document.querySelector("[data-events]");
  if (live) {
    const source = new EventSource(live.dataset.events);
    source.addEventListener("changed", (e) => {
      if (e.data !== live.dataset.state) location.reload();
    });
  }
  const launch = document.querySelector("[data-launch]");
  if (launch && !sessionStorage.getItem(launch.href)) {
    sessionStorage.setItem(launch.href, "1");
    location.href = launch.href;
  }
  const code = document.querySelector("input.code");
  if (code) {
    code.addEventListener("input", () => {
      const digits = code.value.replace(/\D/g, "").slice(0, 9);
      if (code.selectionStart === code.value.length) code.value = digits.replace(/(\d{3})(?=\d)/g, "$1 ");
    });
  }
})();
