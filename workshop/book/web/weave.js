// Makes what the player plays of what two programs have just said.
import { clock, said } from "./story.js";

/** @import { Said, Step } from "./story.js" */

/**
 * A line as a transcript has it.
 * @param {Said} line
 */
export const key = (line) => `${clock(line.at)} ${line.task} ${line.text}`;

/**
 * The pairs of equal entries in the longest list that two lists have in common.
 * @param {string[]} a
 * @param {string[]} b
 * @returns {[number, number][]}
 */
function common(a, b) {
	const width = b.length + 1;
	const longest = new Uint16Array((a.length + 1) * width);
	const at = (/** @type {number} */ i, /** @type {number} */ j) => longest[i * width + j] ?? 0;
	for (let i = a.length - 1; i >= 0; i--) {
		for (let j = b.length - 1; j >= 0; j--) longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
	}
	/** @type {[number, number][]} */
	const pairs = [];
	for (let i = 0, j = 0; i < a.length && j < b.length; ) {
		if (a[i] === b[j]) pairs.push([i++, j++]);
		else if (at(i + 1, j) >= at(i, j + 1)) i++;
		else j++;
	}
	return pairs;
}

/**
 * The steps of two runs: lines that both say at one time are one step.
 * @param {Said[]} golang
 * @param {Said[]} python
 * @returns {Step[]}
 */
export function weave(golang, python) {
	/** @type {Step[]} */
	const steps = [];
	let [i, j] = [0, 0];
	const own = (/** @type {number} */ toGo, /** @type {number} */ toPython) => {
		while (i < toGo || j < toPython) {
			const [g, p] = [golang[i], python[j]];
			if (j < toPython && p && (i >= toGo || !g || p.at <= g.at)) {
				steps.push({ python: p });
				j++;
			} else if (g) {
				steps.push({ go: g });
				i++;
			}
		}
	};
	for (const [a, b] of common(golang.map(key), python.map(key))) {
		own(a, b);
		const [g, p] = [golang[i++], python[j++]];
		if (g && p) steps.push({ go: g, python: p });
	}
	own(golang.length, python.length);
	return steps;
}

/**
 * asyncio's lines with what only Go's log says of a line, or has said of it before: its level, that it waits, on whom it acts.
 * @param {Said[]} python
 * @param {Step[]} known
 */
export function dressed(python, known) {
	const lines = new Map(known.flatMap((s) => [s.python, s.go].flatMap((l) => (l ? [[key(l), l]] : []))));
	return python.map((line) => {
		const like = lines.get(key(line));
		return like ? { ...line, level: like.level, ...(like.waiting && { waiting: true }), ...(like.to && { to: like.to }) } : line;
	});
}

/**
 * What one side says, in its order.
 * @param {Step[]} steps
 * @param {"go" | "python"} side
 */
export function sideOf(steps, side) {
	return steps.flatMap((s) => s[side] ?? []);
}

/**
 * Another order of a run, and how far each line has moved.
 * @param {Said[]} order
 * @param {Said[]} first
 * @returns {Step[]}
 */
export function inOrder(order, first) {
	const numbered = (/** @type {Said[]} */ lines) => {
		/** @type {Map<string, number>} */
		const seen = new Map();
		return lines.map((line) => {
			const n = seen.get(key(line)) ?? 0;
			seen.set(key(line), n + 1);
			return `${key(line)} ${n}`;
		});
	};
	const places = new Map(numbered(first).map((k, i) => [k, i]));
	const keys = numbered(order);
	return order.map((line, i) => ({ go: line, moved: i - (places.get(keys[i] ?? "") ?? i) }));
}

/**
 * What has changed between two runs of a story, each side compared with itself.
 * @param {Step[]} before
 * @param {Step[]} now
 * @returns {{ fresh: Set<Step>, gone: Map<number, Step[]> }} The steps with a new line, and the lines that are no longer said by the step before which they stood.
 */
export function changed(before, now) {
	/** @type {Set<Step>} */
	const fresh = new Set();
	/** @type {Map<number, Step[]>} */
	const gone = new Map();
	for (const side of /** @type {const} */ (["go", "python"])) {
		const [old, steps] = [sideOf(before, side), now.filter((s) => s[side])];
		const pairs = common(old.map(key), sideOf(steps, side).map(key));
		const kept = new Set(pairs.map(([, b]) => b));
		steps.forEach((step, i) => kept.has(i) || fresh.add(step));
		let i = 0;
		for (const [a, b] of [...pairs, /** @type {[number, number]} */ ([old.length, steps.length])]) {
			const step = steps[b];
			const at = step ? now.indexOf(step) : now.length;
			for (; i < a; i++) {
				const line = old[i];
				const there = gone.get(at) ?? [];
				const both = there.find((s) => line && key(said(s)) === key(line) && !s[side]);
				if (both && line) both[side] = line;
				else if (line) gone.set(at, [...there, { [side]: line }]);
			}
			i++;
		}
	}
	return { fresh, gone };
}
