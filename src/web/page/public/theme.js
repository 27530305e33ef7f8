// Before the first paint, so that who has chosen dark never sees a white flash. A file, because the page allows no inline script.
{
  const theme = localStorage.getItem('natter.theme')
  if (theme === '"light"' || theme === '"dark"') document.documentElement.dataset.theme = theme.slice(1, -1)
}
