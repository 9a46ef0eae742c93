// The service worker: keeps every page of the site, so that it can be read
// without a network after the first visit.
/** @type {any} */
const worker = self;

const listed = "files.json";

/**
 * @typedef {object} Listed
 * @property {string} version
 * @property {string[]} files
 */

async function keep() {
	const response = await fetch(listed, { cache: "no-store" });
	/** @type {Listed} */
	const { version, files } = await response.clone().json();
	const cache = await caches.open(version);
	// A few at a time: a phone's network is not for us alone.
	const todo = [...files];
	const take = async () => {
		for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
			await cache.add(new Request(file || "./", { cache: "no-cache" }));
		}
	};
	await Promise.all([take(), take(), take(), take()]);
	await cache.put(listed, response);
	for (const name of await caches.keys()) {
		if (name !== version && (await isOurs(name))) await caches.delete(name);
	}
}

/**
 * Several sites may share an origin.
 * @param {string} name
 */
async function isOurs(name) {
	const cache = await caches.open(name);
	return (await cache.match(listed)) !== undefined;
}

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(keep().then(() => worker.skipWaiting())));

worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (/** @type {any} */ event) => {
	const url = new URL(event.request.url);
	if (event.request.method !== "GET" || url.origin !== location.origin) return;
	event.respondWith(answer(event.request));
});

/** @param {Request} request */
async function answer(request) {
	const kept = await caches.match(request, { ignoreSearch: true });
	return kept ?? fetch(request);
}
