const megabytes = 512;

/**
 * A module whose memory cannot grow past a limit: Go's linker sets none, and a
 * program without bounds would take the tab with it.
 * @param {Uint8Array} module
 */
export function bounded(module) {
	let at = 8;
	const number = () => {
		let [value, shift] = [0, 0];
		for (;;) {
			const byte = module[at++] ?? 0;
			value |= (byte & 0x7f) << shift;
			if (byte < 0x80) return value;
			shift += 7;
		}
	};
	while (at < module.length) {
		const start = at;
		const section = module[at++];
		const size = number();
		const content = at;
		if (section !== 5) { // of the memories
			at = content + size;
			continue;
		}
		const [count, flags, pages] = [number(), number(), number()];
		if (count !== 1 || flags !== 0) break;
		const leb = (/** @type {number} */ n) => {
			const bytes = [];
			for (; n >= 0x80; n >>>= 7) bytes.push((n & 0x7f) | 0x80);
			return [...bytes, n];
		};
		const body = [1, 1, ...leb(pages), ...leb(Math.max(pages, megabytes * 16))];
		const head = [5, ...leb(body.length), ...body];
		const changed = new Uint8Array(module.length - (content + size - start) + head.length);
		changed.set(module.subarray(0, start));
		changed.set(head, start);
		changed.set(module.subarray(content + size), start + head.length);
		return changed;
	}
	return new Uint8Array(module);
}
