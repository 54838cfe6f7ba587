/**
 * A shadow root with a style of its own, so that none leaks in or out. Not by a <style> element: a content security
 * policy may forbid those.
 */
export function styledShadow(host: HTMLElement, document: Document, style: string): ShadowRoot {
  const shadow = host.attachShadow({ mode: 'open' });
  const sheet = new (document.defaultView ?? globalThis).CSSStyleSheet();
  sheet.replaceSync(style);
  shadow.adoptedStyleSheets = [sheet];
  return shadow;
}
