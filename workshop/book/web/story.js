// What the site's story.json holds: see story.go.

/**
 * @typedef {object} Place Where a task is while another one speaks.
 * @property {string} task
 * @property {string} file
 * @property {number} line
 * @property {string} does
 */

/**
 * @typedef {object} Said A line, and what else is known of its moment.
 * @property {number} at Nanoseconds since the story began.
 * @property {string} task
 * @property {string} text
 * @property {"info" | "warn" | "error"} level
 * @property {boolean} [waiting]
 * @property {string[] | string} [to]
 * @property {boolean} [tied]
 * @property {string} file
 * @property {number} line
 * @property {Place[]} [places]
 */

/**
 * @typedef {object} Step A line that both languages say, or one of them.
 * @property {Said} [go]
 * @property {Said} [python]
 * @property {number} [moved]
 */

/**
 * @typedef {object} Story
 * @property {string} title
 * @property {Step[][]} runs The first is the recorded one, then come Go's other orders.
 */

/**
 * What is said at a step, by Go if it does.
 * @param {Step} step
 * @returns {Said}
 */
export function said(step) {
	const line = step.go ?? step.python;
	if (!line) throw new Error("no task speaks at this step");
	return line;
}

/**
 * Only one side says it: "go", "python", or neither.
 * @param {Step} step
 * @param {boolean} twins Whether the story is told in both languages.
 */
export function own(step, twins) {
	if (!twins || (step.go && step.python)) return "";
	return step.go ? "go" : "python";
}

/**
 * A time as transcripts have it, cut to tenths of a second.
 * @param {number} at
 */
export function clock(at) {
	return `${(Math.floor(at / 1e8) / 10).toFixed(1)}s`;
}

/**
 * The tasks in order of appearance, for their lanes and colours.
 * @param {Step[]} steps
 */
export function tasksOf(steps) {
	return [...new Set(steps.map((s) => said(s).task))];
}
