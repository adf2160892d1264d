import { useCallback, useEffect, useState, type RefObject } from 'react';

/** Pan and zoom of the map: middle button or two fingers move it, Ctrl wheel zooms about the pointer. */
interface MapView {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const home: MapView = { x: 0, y: 0, scale: 1 };
const limits = { least: 0.4, most: 3 };

function zoomAbout(view: MapView, factor: number, x: number, y: number): MapView {
  const scale = Math.min(limits.most, Math.max(limits.least, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
}

export interface MapViewControl {
  readonly view: MapView;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
}

export function useMapView(stage: RefObject<HTMLElement | null>): MapViewControl {
  const [view, setView] = useState(home);
  useEffect(() => {
    const element = stage.current;
    if (element === null) return undefined;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      if (event.ctrlKey || event.metaKey)
        setView((now) =>
          zoomAbout(now, Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top),
        );
      else setView((now) => ({ ...now, x: now.x - event.deltaX, y: now.y - event.deltaY }));
    };
    const down = (event: PointerEvent): void => {
      if (event.button !== 1) return;
      event.preventDefault();
      element.setPointerCapture(event.pointerId);
      const move = (moved: PointerEvent): void =>
        setView((now) => ({ ...now, x: now.x + moved.movementX, y: now.y + moved.movementY }));
      const up = (): void => {
        element.removeEventListener('pointermove', move);
        element.removeEventListener('pointerup', up);
      };
      element.addEventListener('pointermove', move);
      element.addEventListener('pointerup', up);
    };
    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('pointerdown', down);
    return () => {
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('pointerdown', down);
    };
  }, [stage]);
  const zoom = useCallback(
    (factor: number) => {
      const element = stage.current;
      if (element !== null) setView((now) => zoomAbout(now, factor, element.clientWidth / 2, element.clientHeight / 2));
    },
    [stage],
  );
  const fit = useCallback(() => setView(home), []);
  return { view, zoom, fit };
}
