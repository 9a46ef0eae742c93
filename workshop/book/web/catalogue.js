import { all, one } from "./dom.js";

/** The filter of the catalogue of mistakes; what it shows stands in the address. */
export function catalogue() {
	const entries = all("details.mistake");
	const form = one("form.filter");
	const count = one("#count");
	/** @param {string} id */
	const field = (id) => /** @type {HTMLInputElement | HTMLSelectElement} */ (one(`#${id}`, form));
	const fields = { words: field("filter"), kind: field("kind"), construct: field("construct"), lesson: field("lesson") };

	const show = () => {
		const words = fields.words.value.toLowerCase().split(/\s+/).filter(Boolean);
		let shown = 0;
		for (const entry of entries) {
			const { kind = "", constructs = "", lesson = "", words: text = "" } = entry.dataset;
			const fits =
				(!fields.kind.value || kind === fields.kind.value) &&
				(!fields.construct.value || constructs.split(" ").includes(fields.construct.value)) &&
				(!fields.lesson.value || lesson === fields.lesson.value) &&
				words.every((word) => text.includes(word));
			entry.hidden = !fits;
			if (fits) shown++;
		}
		count.textContent = shown === 1 ? "1 mistake" : `${shown} mistakes`;
	};
	const read = () => {
		const id = decodeURIComponent(location.hash.slice(1));
		const entry = id && document.getElementById(id);
		if (entry instanceof HTMLDetailsElement) {
			entry.open = true;
			entry.scrollIntoView();
			return;
		}
		const asked = new URLSearchParams(id);
		for (const [name, input] of Object.entries(fields)) input.value = asked.get(name) ?? "";
		show();
	};
	form.addEventListener("input", () => {
		show();
		const asked = new URLSearchParams();
		for (const [name, input] of Object.entries(fields)) if (input.value) asked.set(name, input.value);
		history.replaceState(null, "", asked.size > 0 ? `#${asked}` : location.pathname);
	});
	form.addEventListener("submit", (event) => event.preventDefault());
	addEventListener("hashchange", read);
	read();
	show();
}
