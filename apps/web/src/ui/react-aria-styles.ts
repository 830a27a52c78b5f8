/*
 * react-aria adds a <style> to the page, which the content security policy forbids and reports, unless there is an element of
 * this id. What it would say is in dialog.module.css.
 */
const id = 'react-aria-pressable-style';
if (!document.getElementById(id)) {
  const place = document.createElement('meta');
  place.id = id;
  document.head.append(place);
}

export {};
