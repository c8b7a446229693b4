// A classic script, so that it runs even where the page's modules do not.
(function () {
  // The theme before the first picture; src/ui/look/look.ts follows it from there.
  var theme = null;
  try {
    theme = localStorage.getItem('mailgym-theme');
  } catch {
    // Refused: as the system has it.
  }
  if (theme !== 'light' && theme !== 'dark' && theme !== 'contrast') {
    theme = matchMedia('(prefers-contrast: more)').matches
      ? 'contrast'
      : matchMedia('(prefers-color-scheme: dark)').matches
        ? 'dark'
        : 'light';
  }
  document.documentElement.dataset.theme = theme;

  function tell(cause) {
    if (document.documentElement.classList.contains('is-ready')) return;
    var panel = document.getElementById('failed');
    if (!panel) return;
    panel.hidden = false;
    if (cause) document.getElementById('failed-cause').textContent = cause;
  }
  addEventListener(
    'error',
    function (event) {
      var target = event.target;
      if (target && target.tagName === 'SCRIPT')
        tell('The file ' + target.src + ' could not be loaded.');
      else if (event.message) tell('The browser says: ' + event.message);
    },
    true,
  );
  addEventListener('mailgym-failed', function (event) {
    tell(String((event.detail && event.detail.message) || event.detail));
  });
  addEventListener('load', function () {
    setTimeout(tell, 15000);
  });
})();
