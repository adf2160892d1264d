/** Copies text; answers whether it worked (a page without focus or permission may be refused). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyThroughSelection(text);
  }
}

/** The way before the clipboard API, for hosts that refuse it. */
function copyThroughSelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  const isDone = typeof document.execCommand === 'function' && document.execCommand('copy');
  area.remove();
  return isDone;
}
