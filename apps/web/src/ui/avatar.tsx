import styles from './avatar.module.css';

/** First letters of the first and the last word. */
const initialsOf = (name: string): string => {
  const words = name.split(/\s+/).filter((word) => word !== '');
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('');
};

/** Somebody's picture, or their initials. Decoration: their name stands beside it, or is the label of the button around it. */
export const Avatar = ({
  name,
  picture,
  size = 40,
}: {
  readonly name: string;
  readonly picture?: string | undefined;
  readonly size?: 32 | 40;
}) => (
  <span className={styles.avatar} data-size={size} data-initials={initialsOf(name)} aria-hidden="true">
    {picture !== undefined && (
      // The initials stay behind it for when it cannot be loaded.
      <img
        src={picture}
        alt=""
        width={size}
        height={size}
        onError={(event) => event.currentTarget.remove()}
      />
    )}
  </span>
);
