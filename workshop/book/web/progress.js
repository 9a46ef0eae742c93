// What the learner has done on this site, in the form of the runner's file
// .workshop/progress.json, so that either can take over from the other.
import { keep, kept } from "./keep.js";

/**
 * @typedef {object} Done
 * @property {boolean} right What the last check found.
 * @property {string} [sha256] Of the answer that it checked.
 * @property {string} [at]
 * @property {number} [checks]
 * @property {string[]} [failing]
 * @property {Record<string, number>} [failures]
 * @property {number} [hints] How many were shown.
 * @property {number} [solutions] How often the solution was asked for.
 */

/** @typedef {{ version: number, lessons: Record<string, Done> }} Progress */

const key = "progress";
const version = 2;

/** @returns {Progress} */
export function progress() {
	try {
		return understood(kept(key) ?? "");
	} catch {
		return { version, lessons: {} }; // another page wrote it, or there is none
	}
}

/**
 * @param {string} lesson
 * @returns {Done}
 */
export const done = (lesson) => progress().lessons[lesson] ?? { right: false };

/**
 * @param {string} lesson
 * @param {(done: Done) => void} change
 */
export function update(lesson, change) {
	const all = progress();
	const one = all.lessons[lesson] ?? { right: false };
	change(one);
	all.lessons[lesson] = one;
	keep(key, JSON.stringify(all));
	dispatchEvent(new Event("progress"));
}

/**
 * @param {string} text
 * @returns {Progress}
 */
function understood(text) {
	const read = JSON.parse(text);
	const fine = (/** @type {any} */ d) => typeof d === "object" && d !== null && typeof d.right === "boolean";
	if (read?.version !== version || typeof read.lessons !== "object" || !Object.values(read.lessons ?? {}).every(fine)) throw new Error("no progress");
	return read;
}

/** The two buttons by which the file comes and goes. */
export function exchange() {
	const element = document.querySelector(".exchange");
	if (!(element instanceof HTMLElement) || "live" in document.body.dataset) return; // beside a clone the runner has it
	element.hidden = false;
	const says = /** @type {HTMLElement} */ (element.querySelector("[role=status]"));
	element.querySelector("[data-do=export]")?.addEventListener("click", () => {
		save("progress.json", JSON.stringify(progress(), null, 2) + "\n", "application/json");
	});
	const file = /** @type {HTMLInputElement} */ (element.querySelector("input[type=file]"));
	element.querySelector("[data-do=import]")?.addEventListener("click", () => file.click());
	file.addEventListener("change", async () => {
		try {
			const given = understood((await file.files?.[0]?.text()) ?? "");
			keep(key, JSON.stringify({ version, lessons: { ...progress().lessons, ...given.lessons } }));
			dispatchEvent(new Event("progress"));
			says.textContent = `Read what you have done in ${Object.keys(given.lessons).length} of the lessons.`;
		} catch {
			says.textContent = "This is no progress.json of the workshop; nothing has changed.";
		}
		file.value = "";
	});
}

/**
 * Gives the reader a file.
 * @param {string} name
 * @param {string} text
 * @param {string} type
 */
export function save(name, text, type) {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(new Blob([text], { type }));
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
