/**
 * A rate in Redis is a hash: `n` the total, `o` the oldest cell that may hold tokens, and one member a cell. Cells that have
 * left the window are taken off before anything is decided; each is taken off once, so a decision costs no more than what
 * has passed since the last one. Times are Redis's own.
 */
const WINDOW = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local function settle(key, windowMs, cells)
  local cell = math.floor(now * cells / windowMs)
  local s = redis.call('HMGET', key, 'n', 'o')
  local n = tonumber(s[1]) or 0
  local o = tonumber(s[2]) or cell
  local first = o
  while o < cell - cells do
    local c = redis.call('HGET', key, o)
    if c then n = n - tonumber(c); redis.call('HDEL', key, o) end
    o = o + 1
  end
  if o ~= first then redis.call('HSET', key, 'n', n, 'o', o) end
  return cell, n, o
end
local function retry(key, cell, windowMs, cells, o)
  while o <= cell do
    local c = redis.call('HGET', key, o)
    if c and tonumber(c) > 0 then break end
    o = o + 1
  end
  return math.max(1, math.ceil((o + cells + 1) * windowMs / cells) - now)
end
local function take(key, cell, windowMs, o, tokens)
  redis.call('HINCRBY', key, cell, tokens)
  redis.call('HINCRBY', key, 'n', tokens)
  redis.call('HSETNX', key, 'o', o)
  redis.call('PEXPIRE', key, math.ceil(windowMs * 1.1) + 1000)
end
`;

/** KEYS: bucket, holders. ARGV: kind, limit, windowMs, cells, waiting, ahead, holder, freshMs. */
export const TAKE = `${WINDOW}
local kind, limit, windowMs, cells = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local waiting, ahead = tonumber(ARGV[5]), tonumber(ARGV[6])
redis.call('ZADD', KEYS[2], now, ARGV[7])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - tonumber(ARGV[8]))
redis.call('PEXPIRE', KEYS[2], ARGV[8])
local holders = redis.call('ZCARD', KEYS[2])
if kind == 'quota' then
  local period = math.floor(now / windowMs)
  local s = redis.call('HMGET', KEYS[1], 'p', 'n')
  local used = 0
  if tonumber(s[1]) == period then used = tonumber(s[2]) or 0 end
  local left = math.max(0, limit - used)
  local spare = math.max(0, left - waiting)
  local granted = math.min(left, waiting + math.min(ahead, math.floor(spare / (4 * holders))))
  local until_next = (period + 1) * windowMs - now
  redis.call('HSET', KEYS[1], 'p', period, 'n', used + granted)
  redis.call('PEXPIRE', KEYS[1], until_next + 60000)
  return {granted, period, left - granted, granted < waiting and until_next or 0, holders}
end
local cell, n, o = settle(KEYS[1], windowMs, cells)
local left = math.max(0, limit - n)
local spare = math.max(0, left - waiting)
local granted = math.min(left, waiting + math.min(ahead, math.floor(spare / (2 * holders))))
if granted > 0 then take(KEYS[1], cell, windowMs, o, granted) end
return {granted, cell, left - granted, granted < waiting and retry(KEYS[1], cell, windowMs, cells, o) or 0, holders}
`;

/** KEYS: bucket. ARGV: kind, cell, tokens. */
export const GIVE_BACK = `
local member = ARGV[2]
if ARGV[1] == 'quota' then
  if redis.call('HGET', KEYS[1], 'p') ~= ARGV[2] then return 0 end
  member = nil
end
local held = tonumber(redis.call('HGET', KEYS[1], member or 'n') or '0')
local back = math.min(held, tonumber(ARGV[3]))
if back <= 0 then return 0 end
redis.call('HINCRBY', KEYS[1], 'n', -back)
if member then redis.call('HINCRBY', KEYS[1], member, -back) end
return back
`;

/** KEYS: a quota's bucket. ARGV: period, tokens, windowMs. Tokens that were given out while this store was away. */
export const CHARGE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local period, tokens, windowMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local standing = tonumber(redis.call('HGET', KEYS[1], 'p') or '-1')
local ends = (period + 1) * windowMs
if standing > period or ends <= now then return 0 end
if standing < period then redis.call('HSET', KEYS[1], 'p', period, 'n', 0) end
redis.call('HINCRBY', KEYS[1], 'n', tokens)
redis.call('PEXPIRE', KEYS[1], ends - now + 60000)
return tokens
`;

/** KEYS: buckets. ARGV: cells, then limit and windowMs of each. One token of each, or none of any. */
export const EXACT = `${WINDOW}
local cells = tonumber(ARGV[1])
local states = {}
for i, key in ipairs(KEYS) do
  local limit, windowMs = tonumber(ARGV[i * 2]), tonumber(ARGV[i * 2 + 1])
  local cell, n, o = settle(key, windowMs, cells)
  if n >= limit then return {0, i - 1, retry(key, cell, windowMs, cells, o)} end
  states[i] = {cell, windowMs, o, limit - n - 1}
end
local answer = {1, 0, 0}
for i, key in ipairs(KEYS) do
  local s = states[i]
  take(key, s[1], s[2], s[3], 1)
  answer[i + 3] = s[4]
end
return answer
`;
