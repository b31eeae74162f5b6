// Before the first paint: the theme chosen last time, if any.
const theme = localStorage.getItem('deml.theme')
if (theme) document.documentElement.dataset.theme = theme
