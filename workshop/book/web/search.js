import { all, make, one, root } from "./dom.js";

/**
 * @typedef {object} Found
 * @property {string} path
 * @property {string} title
 * @property {string} text
 * @property {string[]} terms
 */

/** What the dialog shows: made here, so that a page does not carry it. */
function content() {
	const query = Object.assign(document.createElement("input"), { type: "search", id: "query", placeholder: "Search all pages", autocomplete: "off", spellcheck: false });
	query.setAttribute("aria-label", "Search all pages");
	const close = make("button", "", "Close");
	close.setAttribute("value", "close");
	const form = make("form", "", query, close);
	form.setAttribute("method", "dialog");
	const says = make("p");
	says.id = "search-says";
	says.setAttribute("role", "status");
	const results = make("ol");
	results.id = "results";
	return [form, says, results];
}

/** The search dialog. The index and the library come when it is first opened. */
export function search() {
	const dialog = /** @type {HTMLDialogElement} */ (one("#search"));
	dialog.append(...content());
	const query = /** @type {HTMLInputElement} */ (one("#query"));
	const results = one("#results");
	const says = one("#search-says");
	/** @type {Promise<(words: string) => Found[]> | undefined} */
	let index;

	one("#search-open").addEventListener("click", () => {
		index ??= load();
		dialog.showModal();
		query.select();
	});
	dialog.addEventListener("click", (event) => {
		if (event.target === dialog) dialog.close();
	});
	query.addEventListener("input", async () => {
		const find = await (index ??= load());
		const words = query.value.trim();
		const found = words === "" ? [] : spread(find(words)).slice(0, 20);
		results.replaceChildren(...found.map(result));
		says.textContent = words === "" ? "" : found.length === 0 ? "Nothing found." : `${found.length === 20 ? "The best 20" : found.length} found`;
	});
	query.addEventListener("keydown", (event) => {
		const first = results.querySelector("a");
		if (event.key === "Enter" && first) {
			event.preventDefault();
			first.click();
		}
		if (event.key === "ArrowDown" && first) {
			event.preventDefault();
			first.focus();
		}
	});
	results.addEventListener("keydown", (event) => {
		const links = all("a", results);
		const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
		const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
		if (step === 0) return;
		event.preventDefault();
		(links[at + step] ?? query).focus();
	});
	results.addEventListener("click", (event) => {
		if (event.target instanceof Element && event.target.closest("a")) dialog.close();
	});
}

/** @returns {Promise<(words: string) => Found[]>} */
async function load() {
	const [library, response] = await Promise.all([import("./vendor/minisearch.js"), fetch(`${root}search.json`)]);
	const index = library.MiniSearch.loadJSON(await response.text(), { fields: ["title", "text"], storeFields: ["path", "title", "text"] });
	return (words) =>
		/** @type {any} */ (index.search(words, { prefix: true, fuzzy: 0.15, boost: { title: 3 }, combineWith: "AND" }));
}

/**
 * The best three of each page, so that one lesson does not fill the list.
 * @param {Found[]} found
 */
function spread(found) {
	/** @type {Record<string, number>} */
	const seen = {};
	return found.filter(({ path }) => {
		const page = path.replace(/#.*/, "");
		seen[page] = (seen[page] ?? 0) + 1;
		return seen[page] <= 3;
	});
}

/** @param {Found} found */
function result(found) {
	const link = /** @type {HTMLAnchorElement} */ (make("a", "", make("strong", "", found.title), make("span", "", ...excerpt(found))));
	link.href = root + found.path;
	return make("li", "", link);
}

/**
 * The text around the first word that was found, with it marked.
 * @param {Found} found
 */
function excerpt(found) {
	const small = found.text.toLowerCase();
	const term = found.terms.find((t) => small.includes(t)) ?? "";
	const at = small.indexOf(term);
	const from = Math.max(0, at - 60);
	const text = found.text;
	return [
		(from > 0 ? "…" : "") + text.slice(from, at),
		make("mark", "", text.slice(at, at + term.length)),
		text.slice(at + term.length, at + 120) + (at + 120 < text.length ? "…" : ""),
	];
}
