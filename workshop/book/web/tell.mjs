// Tells stories in node as a tab does: node tell.mjs ENGINE PYODIDE STORY.PY < questions,
// lines of JSON with a lesson, a side and its changed files. It prints what they came to, one a line.
import { readFile } from "node:fs/promises";
import { Host, build } from "./golang.js";
import { answer, engineIn } from "./node.mjs";
import { Python } from "./python.js";

const [dir, pyodide, story] = process.argv.slice(2);
const engine = await engineIn(dir);
const host = new Host();
let python;

async function tell({ lesson, side, files }) {
	if (side === "go") {
		const built = await build(engine, lesson, files, () => {});
		return built.module ? host.tell(built.module, lesson) : { events: [], out: "", fault: built.fault };
	}
	if (!python) {
		python = new Python();
		await python.start(pyodide, await readFile(story, "utf8"));
	}
	return python.tell(files);
}

await answer((question) => tell(question).catch((error) => ({ events: [], out: "", fault: String(error) })));
