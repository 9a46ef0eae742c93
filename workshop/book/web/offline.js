import { root } from "./dom.js";

/** Keeps the published site for reading without a network. A clone is its own copy. */
export function offline() {
	if (!("serviceWorker" in navigator) || "live" in document.body.dataset || !isSecureContext) return;
	addEventListener("load", () => {
		caches.keys().then(() => navigator.serviceWorker.register(`${root}sw.js`)).catch(() => {}); // some browsers refuse in private windows, or where cookies are blocked
	});
}
