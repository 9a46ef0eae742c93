// Runs before the page is drawn, so that a chosen theme does not flash.
{
	try {
		const kept = localStorage.getItem("theme");
		if (kept) document.documentElement.dataset.theme = kept;
	} catch {
		// cookies are blocked
	}
	document.documentElement.classList.add("js");
}
