// What every page has: keys, theme, search, the learner's ticks; and whatever
// else the page at hand needs.
import { keys } from "./keys.js";
import { offline } from "./offline.js";
import { exchange } from "./progress.js";
import { search } from "./search.js";
import { ticks } from "./ticks.js";
import { toggleTheme } from "./toggle.js";

toggleTheme();
keys();
search();
ticks();
offline();
exchange();
if ("live" in document.body.dataset) (await import("./follow.js")).token();

for (const element of document.querySelectorAll(".player")) {
	const { play } = await import("./player.js");
	await play(/** @type {HTMLElement} */ (element));
}
if (document.body.classList.contains("lesson")) {
	if (document.querySelector("#present")) {
		const { present } = await import("./present.js");
		present();
	}
	const { tries } = await import("./tries.js");
	tries();
	if (document.querySelector(".lab.follows")) {
		const { follow } = await import("./follow.js");
		follow();
	}
	if (document.querySelector(".lab:not(.follows)")) {
		const { lab } = await import("./lab.js");
		lab();
	}
	const { making } = await import("./making.js");
	making();
}
if (document.body.classList.contains("notes")) {
	const { follow } = await import("./present.js");
	follow();
}
if (document.body.classList.contains("mistakes")) {
	const { catalogue } = await import("./catalogue.js");
	catalogue();
	const { gallery } = await import("./gallery.js");
	gallery();
}
document.documentElement.dataset.ready = String(Math.round(performance.now()));
