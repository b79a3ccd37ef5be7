// The only thing that runs in the frame without an origin, see `drawing-frame.ts`.
import "@aika/react/diagram-frame";
