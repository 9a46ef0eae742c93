// Runs before the page is drawn, so that a chosen theme does not flash.
{
	const kept = localStorage.getItem("theme");
	if (kept) document.documentElement.dataset.theme = kept;
	document.documentElement.classList.add("js");
}
