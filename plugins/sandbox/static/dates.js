// Times as people say them. The sandbox runs on the mainland's one legal time, wherever one sits.

const WEEKDAYS = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];
const OFFSET_MS = 8 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;

function local(moment) {
  const shifted = new Date(moment.getTime() + OFFSET_MS);
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    weekday: WEEKDAYS[shifted.getUTCDay()],
    clock: shifted.toISOString().slice(11, 16),
    dayNumber: Math.floor(shifted.getTime() / DAY_MS),
  };
}

export const clockTime = (moment) => local(moment).clock;

export const dayNumber = (moment) => local(moment).dayNumber;

export function fullTime(moment) {
  const at = local(moment);
  return `${at.year}年${at.month}月${at.day}日 ${at.weekday} ${at.clock}`;
}

export function dayName(moment, now) {
  const at = local(moment);
  const days = local(now).dayNumber - at.dayNumber;
  const date = `${at.month}月${at.day}日 ${at.weekday}`;
  if (days === 0) return `今天 ${at.weekday}`;
  if (days === 1) return `昨天 ${at.weekday}`;
  return at.year === local(now).year ? date : `${at.year}年${date}`;
}

export function shortTime(moment, now) {
  const at = local(moment);
  const days = local(now).dayNumber - at.dayNumber;
  if (days === 0) return at.clock;
  if (days === 1) return "昨天";
  if (days > 1 && days < 7) return at.weekday;
  return at.year === local(now).year ? `${at.month}月${at.day}日` : `${at.year}年${at.month}月`;
}

export function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} 字节`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
