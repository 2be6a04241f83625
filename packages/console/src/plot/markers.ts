import type UPlot from 'uplot';

/** Something that happened while what is drawn was counted. */
export interface Marker {
  /** Unix seconds. */
  readonly at: number;
  readonly label: string;
  /** It is the one that is looked at. */
  readonly isChosen?: boolean;
}

/** The colours that markers are drawn in. */
export interface MarkerColours {
  readonly text: string;
  readonly accent: string;
}

/** How near to a line a pointer has to be, px of the screen. */
const REACH = 8;

/** The marker under the pointer, if any. `left`: px from the left of what is drawn. */
export const markerAt = (plot: UPlot, markers: readonly Marker[], left: number): Marker | undefined => {
  const near = markers
    .map((marker) => ({ marker, far: Math.abs(plot.valToPos(marker.at, 'x') - left) }))
    .filter(({ far }) => far <= REACH);
  return near.sort((one, other) => one.far - other.far)[0]?.marker;
};

/** Between two words, px of the screen. */
const GAP = 6;

/** Draws a line for each marker, and its word at the top where there is room beside the one before. */
export const drawMarkers = (plot: UPlot, markers: readonly Marker[], { text, accent }: MarkerColours): void => {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  let free = bbox.left;
  for (const { at, label, isChosen = false } of [...markers].sort((one, other) => one.at - other.at)) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = isChosen ? accent : text;
    ctx.fillStyle = isChosen ? accent : text;
    ctx.lineWidth = isChosen ? 2 * ratio : ratio;
    ctx.setLineDash(isChosen ? [] : [3 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const width = ctx.measureText(label).width + GAP * ratio;
    const begin = Math.min(x + 3 * ratio, bbox.left + bbox.width - width);
    if (begin < free) continue;
    ctx.fillText(label, begin, bbox.top + 2 * ratio);
    free = begin + width;
  }
  ctx.restore();
};
