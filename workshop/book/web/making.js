// Beside a clone the engine is built while pages are read; a written site has it.
import { root } from "./dom.js";

/** @typedef {{ ready: boolean, failed: boolean, says: string }} Making */

/** @returns {Promise<Making>} */
const state = async () => (await fetch(`${root}engine/state.json`)).json();

/** @param {Making} making */
const inWords = ({ says }) => `Go for the browser is still being built: ${says || "it has just begun"}`;

/**
 * Waits until the engine is there.
 * @param {(what: string) => void} says Is told how far it is.
 * @param {AbortSignal} [signal]
 */
export async function made(says, signal) {
	if (!("live" in document.body.dataset)) return;
	for (;;) {
		const making = await state();
		signal?.throwIfAborted();
		if (making.failed) throw new Error("Go could not be built for the browser; the terminal says why");
		if (making.ready) return;
		says(inWords(making));
		await new Promise((resolve) => setTimeout(resolve, 1000));
	}
}

/** Shows how far it is on the page that waits for it. */
export async function making() {
	const place = document.querySelector(".making");
	if (!(place instanceof HTMLElement)) return;
	const show = (/** @type {string} */ what) => {
		place.hidden = false;
		place.textContent = what;
	};
	try {
		let waited = false;
		await made((what) => {
			waited = true;
			show(`${what}. You can read and play everything meanwhile.`);
		});
		if (waited) show("Go is ready: Run and Check work on this page.");
	} catch (error) {
		show(`${error instanceof Error ? error.message : error}. All else is there.`);
	}
}
