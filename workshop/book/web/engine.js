// The engine: Go's own compiler and linker, built for wasm, check an answer by
// the exercise's own tests. It runs in a worker, and in node for its tests.
import { Memory } from "./memfs.js";

/**
 * @typedef {object} Manifest What engine.go writes.
 * @property {string} go Its version.
 * @property {number} size What is downloaded, in bytes.
 * @property {[string, number][]} archives Import paths and sizes, in the order of archives.
 * @property {Record<string, Exercise>} exercises By the folders of their lessons.
 * @property {Record<string, string>} files Where each file lies.
 */

/**
 * @typedef {object} Exercise
 * @property {string} path Its import path.
 * @property {Record<string, string>} tests Sources of its tests.
 * @property {string} main The source of the test's main function.
 * @property {Record<string, string>} files What the verdict reads, by their paths in the workshop.
 */

/**
 * @typedef {object} Verdict What verdict/main.go prints.
 * @property {boolean} passed
 * @property {string} [broken]
 * @property {{ sentence: string, state: string, message?: string }[] | null} tests Null if they did not run.
 */

const mostOutput = 1 << 20;

export class Engine {
	/**
	 * @param {Manifest} manifest
	 * @param {(name: string) => Promise<Uint8Array<ArrayBuffer>>} load Gives a file of the engine, unpacked.
	 */
	constructor(manifest, load) {
		this.manifest = manifest;
		this.load = load;
		/** @type {string} Where the compiler and the linker find each package. */
		this.config = "";
		this.fs = new Memory();
		/** @type {Map<string, WebAssembly.Module>} */
		this.tools = new Map();
		const scope = /** @type {any} */ (globalThis);
		scope.fs = this.fs;
		const none = () => -1;
		scope.process = { ...scope.process, getuid: none, getgid: none, geteuid: none, getegid: none, getgroups: () => [], pid: 1, ppid: 1, umask: () => 0o22, cwd: () => this.fs.cwd, chdir: (/** @type {string} */ to) => (this.fs.cwd = to) };
		scope.path = { resolve: (/** @type {string[]} */ ...parts) => this.fs.resolve(parts.join("/")) };
	}

	/** Loads the archives that programs are linked from. */
	async start() {
		const all = await this.load("archives");
		let at = 0;
		let config = "";
		this.manifest.archives.forEach(([path, size], i) => {
			this.fs.put(`/pkg/${i}.a`, all.subarray(at, at + size));
			config += `packagefile ${path}=/pkg/${i}.a\n`;
			at += size;
		});
		this.config = config;
	}

	/** @param {string} name */
	async tool(name) {
		let module = this.tools.get(name);
		if (!module) {
			module = await WebAssembly.compile(await this.load(`${name}.wasm`));
			this.tools.set(name, module);
		}
		return module;
	}

	/**
	 * Runs a program to its end.
	 * @param {WebAssembly.Module} module
	 * @param {string[]} args
	 */
	async run(module, args) {
		const said = { 1: "", 2: "" };
		const decoder = new TextDecoder();
		this.fs.output = (fd, bytes) => {
			const stream = fd === 1 ? 1 : 2;
			if (said[stream].length < mostOutput) said[stream] += decoder.decode(bytes, { stream: true });
		};
		const go = new /** @type {any} */ (globalThis).Go();
		let status = 0;
		go.argv = args;
		go.env = { GOOS: "js", GOARCH: "wasm", HOME: "/", TMPDIR: "/tmp", GOTMPDIR: "/tmp" };
		go.exit = (/** @type {number} */ code) => (status = code);
		const instance = await WebAssembly.instantiate(module, go.importObject);
		await go.run(instance);
		for (const timer of go._scheduledTimeouts.values()) clearTimeout(timer); // of goroutines that the end of main has ended
		return { status, out: said[1], err: said[2] };
	}

	/**
	 * Compiles a package; gives what the compiler complains of.
	 * @param {string} path
	 * @param {string[]} files
	 * @param {string} to
	 */
	async compile(path, files, to) {
		this.fs.put("/build/importcfg", this.config);
		const { status, out, err } = await this.run(await this.tool("compile"), ["compile", "-o", to, "-p", path, "-lang=go1.26", "-complete", "-c=1", "-dwarf=false", "-pack", "-importcfg", "/build/importcfg", ...files]);
		return status === 0 ? "" : out + err || "the compiler failed";
	}

	/**
	 * Checks an answer by the tests of a lesson's exercise.
	 * @param {string} lesson
	 * @param {string} answer
	 * @param {{ says?: (what: string) => void }} [options]
	 * @returns {Promise<Verdict>}
	 */
	async check(lesson, answer, { says = () => {} } = {}) {
		const exercise = this.manifest.exercises[lesson];
		if (!exercise) throw new Error(`${lesson} has no exercise that runs here`);
		const folder = `/workshop/${lesson}/exercise`;
		for (const [path, text] of Object.entries(exercise.files)) this.fs.put(`/workshop/${path}`, text);
		for (const [name, text] of Object.entries(exercise.tests)) this.fs.put(`${folder}/${name}`, text);
		this.fs.put(`${folder}/exercise.go`, answer);
		this.fs.put("/build/_testmain.go", exercise.main);
		this.fs.put("/tmp/.", "");
		this.fs.cwd = `/workshop/${lesson}`;
		const first = await this.round(lesson, exercise, ["exercise/exercise.go"], says);
		if (!first.passed) return first;
		says("tries other orders");
		this.fs.put("/build/longer/.", "");
		const { status, err } = await this.run(await this.tool("verdict"), ["verdict", "stretch", `${folder}/exercise.go`, "/build/longer"]);
		if (status !== 0) throw new Error(err);
		const longer = this.fs.below("/build/longer/");
		const second = await this.round(lesson, exercise, longer, says);
		return second.tests ? second : first; // if it does not compile, to stretch it was a mistake
	}

	/**
	 * Compiles, links and runs the tests on an answer.
	 * @param {string} lesson
	 * @param {Exercise} exercise
	 * @param {string[]} answer Its files.
	 * @param {(what: string) => void} says
	 * @returns {Promise<Verdict>}
	 */
	async round(lesson, exercise, answer, says) {
		const shared = this.config;
		const own = [`packagefile ${exercise.path}=/build/exercise.a`, `packagefile ${exercise.path}_test=/build/tests.a`].join("\n");
		says("compiles");
		try {
			this.fs.cwd = `/workshop/${lesson}`;
			let unbuilt = await this.compile(exercise.path, answer, "/build/exercise.a");
			this.config = `${shared}${own}\n`;
			unbuilt ||= await this.compile(`${exercise.path}_test`, Object.keys(exercise.tests).map((name) => `exercise/${name}`), "/build/tests.a");
			unbuilt ||= await this.compile("main", ["/build/_testmain.go"], "/build/main.a");
			if (unbuilt) return await this.verdict(lesson, notBuilt(exercise.path, unbuilt), "");
			says("links");
			const linked = await this.run(await this.tool("link"), ["link", "-o", "/build/test.wasm", "-importcfg", "/build/importcfg", "-buildmode=exe", "-s", "-w", "/build/main.a"]);
			if (linked.status !== 0) return await this.verdict(lesson, notBuilt(exercise.path, linked.out + linked.err), "");
			says("runs");
			const module = await WebAssembly.compile(/** @type {Uint8Array<ArrayBuffer>} */ (this.fs.get("/build/test.wasm")));
			this.fs.cwd = `/workshop/${lesson}/exercise`;
			const tested = await this.run(module, ["exercise.test", "-test.v=test2json", "-test.paniconexit0", "-test.timeout=30s"]);
			this.fs.input = new TextEncoder().encode(tested.out);
			const events = await this.run(await this.tool("test2json"), ["test2json", "-p", exercise.path]);
			return await this.verdict(lesson, events.out, tested.status === 0 ? "" : crash(tested.err));
		} finally {
			this.config = shared;
		}
	}

	/**
	 * @param {string} lesson
	 * @param {string} events
	 * @param {string} crashed
	 * @returns {Promise<Verdict>}
	 */
	async verdict(lesson, events, crashed) {
		this.fs.put("/build/events", events);
		this.fs.put("/build/crash", crashed);
		this.fs.cwd = "/workshop";
		const { status, out, err } = await this.run(await this.tool("verdict"), ["verdict", lesson, "/build/events", "/build/crash"]);
		if (status !== 0) throw new Error(err || out);
		return JSON.parse(out);
	}
}

/**
 * What go test -json prints when a package cannot be built.
 * @param {string} path
 * @param {string} output
 */
function notBuilt(path, output) {
	return [
		{ ImportPath: path, Action: "build-output", Output: `# ${path}\n` },
		...output.split("\n").map((line) => ({ ImportPath: path, Action: "build-output", Output: `${line}\n` })),
		{ ImportPath: path, Action: "build-fail" },
		{ Action: "start", Package: path },
		{ Action: "fail", Package: path, Elapsed: 0, FailedBuild: path },
	].map((event) => JSON.stringify(event)).join("\n") + "\n";
}

/**
 * The report of a crash; what else stands on the standard error is no crash.
 * @param {string} text
 */
function crash(text) {
	return /^(panic|fatal error): /m.test(text) ? text : "";
}
