'use strict';
// Neither "less than" nor an ampersand stands here, so that the page is well-formed XML too.
(() => {
  const cells = JSON.parse(document.getElementById('cells').textContent);
  const tip = document.getElementById('tip');
  const told = document.getElementById('told');
  const heat = document.getElementById('heat');
  const cursor = document.getElementById('cursor');
  const within = (value, least, most) => Math.max(least, Math.min(most, value));
  const time = at => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

  // What the script tells better, the browser need not tell as well.
  document.querySelectorAll('svg > title, .moment > title').forEach(title => {
    title.parentNode.dataset.text = title.textContent;
    title.remove();
  });

  const show = (text, x, y) => {
    tip.textContent = text;
    tip.hidden = false;
    tip.style.left = within(x + 14, 4, window.innerWidth - tip.offsetWidth - 4) + 'px';
    tip.style.top = within(y + 16, 4, window.innerHeight - tip.offsetHeight - 4) + 'px';
  };
  const hide = () => { tip.hidden = true; };
  const place = (svg, event) => {
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  };

  const shape = { left: +heat.dataset.left, top: +heat.dataset.top, column: +heat.dataset.column, row: +heat.dataset.row };
  let at = { row: 0, column: 0 };
  const textOf = (row, column) => {
    const load = cells.loads[row][column];
    const placed = cells.placed[row][column];
    return cells.names[row] + '\n' + time(cells.from + column * cells.step) + '\n'
      + (load === null ? 'takes no meetings' : 'load ' + load) + (placed ? '\n' + placed + (placed === 1 ? ' placement' : ' placements') : '');
  };
  const mark = (row, column) => {
    at = { row, column };
    cursor.setAttribute('x', shape.left + column * shape.column);
    cursor.setAttribute('y', shape.top + row * shape.row);
    cursor.setAttribute('visibility', 'visible');
  };
  heat.addEventListener('mousemove', event => {
    const { x, y } = place(heat, event);
    const column = Math.floor((x - shape.left) / shape.column);
    const row = Math.floor((y - shape.top) / shape.row);
    if (cells.loads[row] === undefined || cells.loads[row][column] === undefined) { hide(); return; }
    mark(row, column);
    const moment = event.target.closest('.moment');
    show(textOf(row, column) + (moment === null ? '' : '\n\n' + moment.dataset.text), event.clientX, event.clientY);
  });
  heat.addEventListener('mouseleave', hide);
  heat.addEventListener('blur', () => cursor.setAttribute('visibility', 'hidden'));
  heat.addEventListener('keydown', event => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -cells.columns], End: [0, cells.columns] }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    mark(within(at.row + by[0], 0, cells.names.length - 1), within(at.column + by[1], 0, cells.columns - 1));
    told.textContent = textOf(at.row, at.column).replaceAll('\n', ', ');
  });

  document.querySelectorAll('.chart').forEach(svg => {
    const lines = cells.charts[+svg.dataset.chart];
    const hair = svg.querySelector('.hair');
    let point = 0;
    const text = () => time(cells.from + point * cells.point) + '\n' + lines.map(line => line.name + ' ' + (line.texts[point] === null ? 'none' : line.texts[point])).join('\n');
    const cross = () => {
      const x = cells.left + cells.plot * within((point + 0.5) * cells.point / (cells.end - cells.from), 0, 1);
      hair.setAttribute('x1', x);
      hair.setAttribute('x2', x);
      hair.setAttribute('visibility', 'visible');
    };
    const leave = () => { hide(); hair.setAttribute('visibility', 'hidden'); };
    svg.addEventListener('mousemove', event => {
      const share = (place(svg, event).x - cells.left) / cells.plot;
      point = within(Math.floor(share * (cells.end - cells.from) / cells.point), 0, cells.points - 1);
      cross();
      show(text(), event.clientX, event.clientY);
    });
    svg.addEventListener('mouseleave', leave);
    svg.addEventListener('blur', leave);
    svg.addEventListener('keydown', event => {
      const by = { ArrowLeft: -1, ArrowRight: 1, Home: -cells.points, End: cells.points }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      point = within(point + by, 0, cells.points - 1);
      cross();
      const box = hair.getBoundingClientRect();
      show(text(), box.left, box.top);
    });
  });
})();
