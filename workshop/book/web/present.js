// Present mode: the lesson as slides, and its notes in a window of their own.
import { all, isTyping, make, one, root } from "./dom.js";
import { playerIn } from "./player.js";

const slideOrder = ["The question", "Run it", "What differs", "Your turn"];

/**
 * @typedef {object} Now What the notes are told.
 * @property {string} lesson
 * @property {string} slide
 * @property {string} next
 */

/** By which slides and notes hear of each other. Firefox refuses it where cookies are blocked: then the notes do not follow. */
function channel() {
	try {
		return new BroadcastChannel(`present ${new URL(root, location.href).pathname}`);
	} catch {
		return new MessageChannel().port1; // at whose other end nothing listens
	}
}

/** The lesson page's side. */
export function present() {
	const html = document.documentElement;
	const slides = all(".slide").sort((a, b) => place(a) - place(b));
	const player = document.querySelector(".player");
	const notes = channel();
	let at = 0;
	let left = 0; // seconds of the exercise
	let timer = 0;
	let notesOpen = false; // which ends full screen, too

	const on = () => html.classList.contains("presenting");
	const name = (/** @type {number} */ i) => slides[i]?.dataset.slide ?? "";
	const tell = () => notes.postMessage({ lesson: document.body.dataset.lesson, slide: on() ? name(at) : "", next: name(at + 1) });
	/** @param {number} to */
	const show = (to) => {
		at = Math.min(Math.max(to, 0), slides.length - 1);
		slides.forEach((s, i) => s.classList.toggle("current", i === at));
		if (name(at) === "Your turn") countDown();
		scrollTo(0, 0);
		tell();
	};
	const begin = () => {
		html.classList.add("presenting");
		if (navigator.userActivation?.isActive) html.requestFullscreen?.().catch(() => {}); // a browser may refuse; the slides are the same
		qr(slides[0]);
		show(0);
	};
	const end = () => {
		html.classList.remove("presenting");
		if (document.fullscreenElement) document.exitFullscreen();
		slides[at]?.scrollIntoView();
		tell();
	};
	/** @param {1 | -1} by */
	const turn = (by) => {
		const story = name(at) === "Run it" && player ? playerIn(player) : undefined;
		if (story && (by > 0 ? !story.atEnd : story.at > 0)) story.jump(story.at + by);
		else show(at + by);
	};
	const countDown = () => {
		if (timer) return;
		const label = one(".countdown");
		label.hidden = false;
		left = 60 * Number(document.body.dataset.minutes ?? 15);
		const tick = () => {
			label.textContent = left > 0 ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "Time is up";
			label.classList.toggle("up", left <= 0);
			if (left-- <= 0) clearInterval(timer);
		};
		timer = setInterval(tick, 1000);
		tick();
	};

	one("#present").addEventListener("click", begin);
	notes.onmessage = (event) => {
		if (event.data === "where") tell();
	};
	addEventListener("keydown", (event) => {
		if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
		if (!on()) {
			if (event.key === "p") begin();
			return;
		}
		/** @type {Record<string, () => void>} */
		const does = {
			PageDown: () => turn(1),
			ArrowRight: () => turn(1),
			PageUp: () => turn(-1),
			ArrowLeft: () => turn(-1),
			" ": () => turn(1),
			ArrowDown: () => show(at + 1),
			ArrowUp: () => show(at - 1),
			Home: () => show(0),
			End: () => show(slides.length - 1),
			Escape: end,
			p: end,
			s: () => {
				notesOpen = document.fullscreenElement !== null;
				open(`${root}${document.body.dataset.lesson}/notes/`, "notes", "popup,width=700,height=800");
			},
		};
		const what = does[event.key];
		if (!what || (event.key === " " && event.target instanceof Element && event.target.closest("button, summary, a"))) return;
		event.preventDefault();
		what();
	});
	addEventListener("fullscreenchange", () => {
		if (document.fullscreenElement) return;
		if (on() && !notesOpen) end(); // the browser takes the Escape that ends full screen
		notesOpen = false;
	});
	if (new URLSearchParams(location.search).has("present")) begin();
}

/** @param {HTMLElement} slide */
const place = (slide) => slideOrder.indexOf(slide.dataset.slide ?? "");

/**
 * Shows the page's address to the room's phones. That of this machine is of no use to them.
 * @param {HTMLElement | undefined} slide
 */
async function qr(slide) {
	if (!slide || "live" in document.body.dataset || slide.querySelector(".qr")) return;
	const { encode } = await import("./vendor/uqr.js");
	const url = location.origin + location.pathname;
	const { data, size } = encode(url, { border: 2 });
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
	svg.setAttribute("role", "img");
	svg.setAttribute("aria-label", `QR code of ${url}`);
	const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
	path.setAttribute("d", data.flatMap((/** @type {boolean[]} */ row, /** @type {number} */ y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join(""));
	svg.append(path);
	const figure = make("figure", "qr", make("figcaption", "", url));
	figure.prepend(svg);
	slide.append(figure);
}

/** The notes' side: says what the room sees. */
export function follow() {
	const label = one("#following");
	const notes = channel();
	notes.onmessage = (event) => {
		const now = /** @type {Now} */ (event.data);
		if (typeof now !== "object" || now.lesson !== document.body.dataset.lesson) return;
		label.hidden = now.slide === "";
		label.textContent = `The room sees: ${now.slide}. ${now.next ? `Then: ${now.next}.` : "It is the last slide."}`;
	};
	notes.postMessage("where");
}
