/** A piece of a drawing: what becomes text for a file, or elements for a page. */
export interface SvgNode {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (SvgNode | string)[];
}

export function svg(
  tag: string,
  attributes: SvgNode['attributes'] = {},
  ...children: SvgNode['children']
): SvgNode {
  return { tag, attributes, children };
}

export const svgNamespace = 'http://www.w3.org/2000/svg';

/** As the text of a file, an element that holds elements on lines of its own. */
export function toText({ tag, attributes, children }: SvgNode): string {
  const given = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  const inner = children.map((child) => (typeof child === 'string' ? escaped(child) : toText(child)));
  const between = tag === 'svg' || tag === 'defs' ? '\n' : '';
  return `<${tag}${given.join('')}>${between}${inner.join(between)}${between}</${tag}>`;
}

/** As elements of a page. No text is parsed, so that it works under any content security policy. */
export function toElement({ tag, attributes, children }: SvgNode, document: Document): SVGElement {
  const element = document.createElementNS(svgNamespace, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  for (const child of children)
    element.append(typeof child === 'string' ? child : toElement(child, document));
  return element;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
