// The changes that a page offers under Go further: a button makes one and runs it.
import { all, make } from "./dom.js";
import { playerIn } from "./player.js";

/** Gives each change of the page its button. */
export function tries() {
	const player = playerIn(document.querySelector(".player") ?? document.body);
	if (!player) return;
	for (const block of all("pre[data-try]")) {
		const lines = expected(block);
		const button = make("button", "try", "Make this change and run it");
		button.setAttribute("type", "button");
		button.addEventListener("click", async () => {
			const change = await player.change();
			player.element.scrollIntoView({ block: "start" });
			change.try(block.dataset.try ?? "", block.textContent ?? "", lines);
		});
		block.after(button);
	}
}

/**
 * What the page says that one then sees: the block behind the change.
 * @param {HTMLElement} block
 */
function expected(block) {
	const next = block.nextElementSibling?.matches("pre.text") ? block.nextElementSibling : null;
	return next?.textContent?.split("\n").filter((line) => line.trim() !== "") ?? [];
}

/**
 * Makes the change of a diff in a text; null if it does not fit. A line with @@ separates two places.
 * @param {string} text
 * @param {string} diff
 */
export function patched(text, diff) {
	for (const place of diff.split(/^@@.*\n/m)) {
		const lines = place.split("\n").filter((line) => line !== "");
		const side = (/** @type {string} */ sign) => lines.flatMap((line) => (line.startsWith(sign) || line.startsWith(" ") ? [`${line.slice(1)}\n`] : [])).join("");
		const [from, to] = [side("-"), side("+")];
		if (!text.includes(from)) return null;
		text = text.replace(from, () => to);
	}
	return text;
}
