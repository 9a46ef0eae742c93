// The service worker: keeps every page of the site, so that it can be read
// without a network after the first visit.
/** @type {any} */
const worker = self;

const listed = "files.json";
const python = `python of ${new URL("./", location.href).pathname}`;

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
	const path = new URL(request.url).pathname;
	if (path.endsWith("/engine/manifest.json")) return fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()); // the newest, if there is a network; worker.js keeps it
	const kept = await caches.match(request, { ignoreSearch: true });
	if (kept) return kept;
	const response = await fetch(request);
	if (response.ok && path.includes("/python/")) {
		const copy = response.clone();
		keepPython(request, copy).catch(() => {});
	}
	return response;
}

/**
 * Keeps a file of CPython, and forgets those of another version.
 * @param {Request} request
 * @param {Response} response
 */
async function keepPython(request, response) {
	const cache = await caches.open(python);
	const folder = (/** @type {string} */ url) => url.slice(0, url.lastIndexOf("/"));
	for (const old of await cache.keys()) {
		if (folder(old.url) !== folder(request.url)) await cache.delete(old);
	}
	await cache.put(request, response);
}
