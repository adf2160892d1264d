declare const BUILD_COMMIT: string | undefined;

/** What this build says of itself. `compatible` is the Kapacitor whose API and behaviour it follows. */
export const version = {
  product: '0.1.0',
  compatible: '1.5.4',
  branch: 'main',
  /** Put in place by the build; a run from source has none. */
  commit: typeof BUILD_COMMIT === 'string' ? BUILD_COMMIT : 'unbuilt',
} as const;
