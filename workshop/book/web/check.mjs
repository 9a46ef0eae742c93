// Checks answers with the engine in node: node check.mjs ENGINE < questions,
// lines of JSON with a lesson and a file. It prints the verdicts, one a line.
import { readFile } from "node:fs/promises";
import { answer, engineIn } from "./node.mjs";

const engine = await engineIn(process.argv[2]);
await answer(async ({ lesson, file }) => engine.check(lesson, await readFile(file, "utf8")).catch((error) => ({ failed: String(error) })));
