import { make, root } from "./dom.js";

/** Keeps the published site for reading without a network. A clone is its own copy. */
export function offline() {
	if (!("serviceWorker" in navigator) || "live" in document.body.dataset || !isSecureContext) return;
	if (navigator.serviceWorker.controller) navigator.serviceWorker.addEventListener("controllerchange", newer, { once: true });
	addEventListener("load", () => {
		caches.keys().then(() => navigator.serviceWorker.register(`${root}sw.js`)).catch(() => {}); // some browsers refuse in private windows, or where cookies are blocked
	});
}

/** What is shown is of the kept version; a newer one has just taken its place. */
function newer() {
	const reload = make("button", "", "Reload");
	reload.addEventListener("click", () => location.reload());
	const says = make("p", "newer", "There is a newer version of this page. What you wrote is kept. ", reload);
	says.setAttribute("role", "status");
	document.body.append(says);
}
