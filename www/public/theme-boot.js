// Applies a chosen theme before the first paint; a file of its own because the page's security policy allows no inline script.
try {
  const theme = localStorage.getItem("regate-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be refused; the system's choice stands.
}
