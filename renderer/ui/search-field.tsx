import { Search } from 'lucide-react';
import type { ReactElement, Ref } from 'react';
import { classes } from './class-names.ts';
import { Icon } from './icon.tsx';

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly className?: string;
  readonly ref?: Ref<HTMLInputElement>;
}

export function SearchField({ label, value, onChange, className, ref }: SearchFieldProps): ReactElement {
  return (
    <label
      className={classes(
        'flex h-7 items-center gap-2 rounded-sm bg-sunken px-[9px] text-xs shadow-line',
        'focus-within:shadow-[inset_0_0_0_1px_var(--kl-focus),0_0_0_3px_var(--kl-focus-soft)]',
        className,
      )}
    >
      <Icon of={Search} size={13} className="text-ink-3" />
      <input
        ref={ref}
        type="search"
        data-filter
        value={value}
        placeholder={label}
        aria-label={label}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || value === '') return;
          event.stopPropagation();
          onChange('');
        }}
        className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
      />
    </label>
  );
}
