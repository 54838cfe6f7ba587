// These run in the page: they must need nothing from outside.

/** Elements whose text does not fit into them, or hangs out of the window. */
export function clippedTexts(selector: string): string[] {
  return [...document.querySelectorAll<HTMLElement>(selector)]
    .filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      const { scrollHeight, clientHeight, scrollWidth, clientWidth } = element;
      // Inline elements have no size of their own; borders and rounding take up to a pixel.
      const overflows = clientWidth > 0 && (scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1);
      return overflows || left < 0 || right > innerWidth;
    })
    .map((element) => `${element.className}: ${element.innerText}`);
}

/** Visible texts with less contrast to what is behind them than WCAG AA asks: 4.5, or 3 where they are large. */
export function poorContrasts(): string[] {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];

  function read(colour: string): Colour {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d') as OffscreenCanvasRenderingContext2D;
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  }

  function over([r, g, b, a]: Colour, [red, green, blue]: Colour): Colour {
    return [r * a + red * (1 - a), g * a + green * (1 - a), b * a + blue * (1 - a), 1];
  }

  function behind(element: Element | null): Colour {
    if (element === null) return [255, 255, 255, 1];
    const own = read(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(element.parentElement));
  }

  function luminance([red, green, blue]: Colour): number {
    const linear = (part: number) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  }

  function contrast(element: Element): number {
    const ground = behind(element);
    const text = luminance(over(read(getComputedStyle(element).color), ground));
    const [bright, dark] = [text, luminance(ground)].sort((one, other) => other - one) as [number, number];
    return (bright + 0.05) / (dark + 0.05);
  }

  const hasText = ({ childNodes }: Element) =>
    [...childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '');

  const texts = [...document.body.querySelectorAll<HTMLElement>('*')].filter(
    (element) => hasText(element) && element.checkVisibility() && !element.closest('.unseen'),
  );
  if (texts.length < 50) return [`only ${texts.length} texts were looked at`];
  return texts.flatMap((element) => {
    const { fontSize, fontWeight } = getComputedStyle(element);
    const size = Number.parseFloat(fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
    const found = contrast(element);
    return found >= (isLarge ? 3 : 4.5) ? [] : [`${found.toFixed(2)}: ${element.innerText}`];
  });
}
