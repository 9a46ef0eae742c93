// What the pages keep in this browser. Where it refuses, as it does when cookies
// are blocked or its disk is full, a thing is kept until the page is left.

/** @type {Map<string, string>} */
const page = new Map();

/**
 * @param {string} key
 * @returns {string | null}
 */
export function kept(key) {
	try {
		return page.get(key) ?? localStorage.getItem(key);
	} catch {
		return null;
	}
}

/**
 * Keeps a text, or with null forgets it.
 * @param {string} key
 * @param {string | null} text
 * @returns {boolean} Whether it is there after the page is left.
 */
export function keep(key, text) {
	page.delete(key);
	try {
		if (text === null) localStorage.removeItem(key);
		else localStorage.setItem(key, text);
		return true;
	} catch {
		if (text !== null) page.set(key, text);
		return false;
	}
}

/**
 * Calls when another tab keeps something else. A page that the browser has put aside learns it once it is shown again.
 * @param {string} key
 * @param {() => void} hears
 */
export function keptElsewhere(key, hears) {
	addEventListener("storage", (event) => event.key === key && hears());
	addEventListener("pageshow", (event) => event.persisted && hears());
}
