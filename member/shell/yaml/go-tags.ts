/** What scalars of a YAML file mean: its version 1.1 as the original's library reads it. */
import type { ScalarTag, Tags } from 'yaml';

const notKnownToGo: ReadonlySet<string> = new Set(
  ['omap', 'pairs', 'set', 'timestamp', 'binary'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** The YAML of Go: no numbers to base 60, dates are texts, `!!binary` is the text it encodes, octals may begin `0o`. */
export function goTags(tags: Tags): Tags {
  const kept = tags.filter((tag) => {
    if (typeof tag === 'string') return true;
    return !notKnownToGo.has(tag.tag ?? '') && !('format' in tag && tag.format === 'TIME');
  });
  return [octal, ...kept, encoded];
}

const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  format: 'GO-OCT',
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => {
    const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
    return Number(digits) * (text.startsWith('-') ? -1 : 1);
  },
};

const encoded: ScalarTag = {
  tag: 'tag:yaml.org,2002:binary',
  default: false,
  resolve: (text) => Buffer.from(text, 'base64').toString('utf8'),
};
