// The few things that every other file needs of the document.

/**
 * The one element that a selector finds. That it is there, the page's template promises.
 * @template {HTMLElement} T
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {T}
 */
export function one(selector, within = document) {
	const found = within.querySelector(selector);
	if (!found) throw new Error(`the page has no ${selector}`);
	return /** @type {T} */ (found);
}

/**
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement[]}
 */
export function all(selector, within = document) {
	return /** @type {HTMLElement[]} */ ([...within.querySelectorAll(selector)]);
}

/**
 * A new element with a class and content.
 * @param {string} tag
 * @param {string} [className]
 * @param {...(Node | string)} content
 */
export function make(tag, className = "", ...content) {
	const element = document.createElement(tag);
	if (className) element.className = className;
	element.append(...content);
	return element;
}

/** The way from this page to the site's first one. */
export const root = document.body.dataset.root ?? "./";

/** Whether the reader asks for little movement. */
export const still = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Whether a key pressed there is text, or the business of a control.
 * @param {EventTarget | null} target
 */
export function isTyping(target) {
	return target instanceof Element && target.closest("input:not([type=range]):not([type=checkbox]), select, textarea, [contenteditable]") !== null;
}
