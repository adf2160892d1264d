import type { ReactElement } from 'react';
import { Kbd } from '../ui/chip.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { keyTable, keyText } from './keys.ts';
import { session, useSession } from './session.ts';

export function KeyTable(): ReactElement {
  const isOpen = useSession((state) => state.isKeyTableOpen);
  return (
    <Dialog label="Keys" isOpen={isOpen} onClose={() => session.setState({ isKeyTableOpen: false })} width={560}>
      <div className="overflow-y-auto px-[22px] pb-[18px]">
        <table className="w-full text-xs">
          <tbody>
            {keyTable.map((line) => (
              <tr key={line.keys} className="h-8 border-b border-line-2 last:border-b-0">
                <th scope="row" className="w-56">
                  <Kbd>{keyText(line.keys)}</Kbd>
                </th>
                <td className="text-ink-2">{line.does}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
