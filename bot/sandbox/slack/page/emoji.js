// The emoji shortcodes that people and the app use most; others are shown as they were written.

const NAMES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", wave: "👋", clap: "👏", pray: "🙏", muscle: "💪", eyes: "👀",
  point_right: "👉", point_left: "👈", point_up: "☝️", point_down: "👇", raised_hands: "🙌", ok_hand: "👌", handshake: "🤝",
  smile: "😄", grinning: "😀", slightly_smiling_face: "🙂", blush: "😊", joy: "😂", thinking_face: "🤔", sob: "😭", wink: "😉",
  heart: "❤️", green_heart: "💚", sparkles: "✨", tada: "🎉", rocket: "🚀", fire: "🔥", star: "⭐", star2: "🌟", zap: "⚡",
  first_place_medal: "🥇", second_place_medal: "🥈", third_place_medal: "🥉", medal: "🏅", sports_medal: "🏅", trophy: "🏆",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", negative_squared_cross_mark: "❎",
  warning: "⚠️", no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", rotating_light: "🚨", exclamation: "❗", question: "❓",
  grey_question: "❔", information_source: "ℹ️", bulb: "💡", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", alarm_clock: "⏰", calendar: "📆", date: "📅", spiral_calendar_pad: "🗓️",
  lock: "🔒", unlock: "🔓", key: "🔑", shield: "🛡️", wrench: "🔧", hammer: "🔨", hammer_and_wrench: "🛠️", gear: "⚙️", toolbox: "🧰",
  package: "📦", books: "📚", book: "📖", closed_book: "📕", green_book: "📗", blue_book: "📘", notebook: "📓", memo: "📝", pencil: "📝",
  pencil2: "✏️", page_facing_up: "📄", scroll: "📜", clipboard: "📋", pushpin: "📌", round_pushpin: "📍", paperclip: "📎", link: "🔗",
  mag: "🔍", mag_right: "🔎", label: "🏷️", bookmark: "🔖", card_index: "📇", file_folder: "📁", open_file_folder: "📂", inbox_tray: "📥",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", bug: "🐛", ghost: "👻", robot_face: "🤖", computer: "💻",
  house: "🏠", office: "🏢", construction: "🚧", ship: "🚢", satellite: "🛰️", telephone_receiver: "📞", pager: "📟", email: "📧", envelope: "✉️",
  speech_balloon: "💬", thought_balloon: "💭", performing_arts: "🎭", ticket: "🎫", admission_tickets: "🎟️", art: "🎨", crown: "👑",
  busts_in_silhouette: "👥", bust_in_silhouette: "👤", arrow_up: "⬆️", arrow_down: "⬇️", arrow_right: "➡️", arrow_left: "⬅️",
  arrow_upper_right: "↗️", arrow_lower_right: "↘️", small_red_triangle: "🔺", small_red_triangle_down: "🔻", arrows_counterclockwise: "🔄",
  repeat: "🔁", heavy_plus_sign: "➕", heavy_minus_sign: "➖", red_circle: "🔴", large_yellow_circle: "🟡", large_orange_circle: "🟠",
  large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", large_purple_circle: "🟣", black_square_button: "🔲",
  white_small_square: "▫️", black_small_square: "▪️", white_medium_square: "◻️", black_medium_square: "◼️", white_large_square: "⬜",
  black_large_square: "⬛", large_green_square: "🟩", large_red_square: "🟥", large_yellow_square: "🟨", "100": "💯", seedling: "🌱",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", new: "🆕", ok: "🆗", sos: "🆘", recycle: "♻️", compass: "🧭", dart: "🎯",
  see_no_evil: "🙈", coffee: "☕", cake: "🍰", snail: "🐌", turtle: "🐢", wastebasket: "🗑️", mailbox: "📫", zzz: "💤", broom: "🧹",
};

/** The emoji of a shortcode's name, or null. */
export function emoji(name) {
  return Object.hasOwn(NAMES, name) ? NAMES[name] : null;
}

/** The names that hold some letters, in the order of the list; all of them for no letters. */
export function emojiLike(text) {
  const wanted = text.toLowerCase().replaceAll(":", "").replaceAll(" ", "_");
  const seen = new Set();
  const names = Object.keys(NAMES).sort((one, other) => Number(/^\d/.test(one)) - Number(/^\d/.test(other)));
  return names.filter((name) => name.includes(wanted) && !seen.has(NAMES[name]) && seen.add(NAMES[name]));
}
