-- Gives each of the next texts of a sender its moment. Time is Redis's own, so that every machine agrees.
-- KEYS: the sender's state, its recent texts ("µs:segments", oldest first)
-- ARGV: segments a second, segments a second to space texts by, µs of the window, furthest slot in µs, lead in µs,
--       1 when somebody waits, then the segments of each text
-- Answers {1, µs until each text's moment …} or {0, µs after which asking again makes sense}.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local limit, rate, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local furthest, lead, urgent = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6] == '1'
local known = redis.call('HMGET', KEYS[1], 'free_at', 'reserved_until')
local free_at, reserved_until = tonumber(known[1]) or 0, tonumber(known[2]) or 0

local function later(micros)
  if urgent then -- asks step back until this one has had its slot
    redis.call('HSET', KEYS[1], 'reserved_until', string.format('%.0f', now + 1000000))
    redis.call('PEXPIRE', KEYS[1], 600000)
  end
  return {0, math.ceil(micros)}
end

if not urgent and reserved_until > now then
  return {0, reserved_until - now}
end
local slot = math.max(now + lead, free_at)
if slot - now > furthest then
  return later(slot - now - furthest)
end

local moments, sizes, spoken = {}, {}, 0
for _, entry in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  local at, size = string.match(entry, '(%d+):(%d+)')
  moments[#moments + 1], sizes[#sizes + 1] = tonumber(at), tonumber(size)
  spoken = spoken + tonumber(size)
end
local recent, first, old = #moments, 1, 0
local answer = {1}
for index = 7, #ARGV do
  local size = tonumber(ARGV[index])
  -- Wait until the texts of the last second leave room for this one; one longer than the limit goes alone.
  while first <= #moments and (moments[first] <= slot - window or spoken + size > limit) do
    slot = math.max(slot, moments[first] + window)
    spoken, first = spoken - sizes[first], first + 1
  end
  if index == 7 then
    if slot - now > furthest then
      return later(slot - now - furthest)
    end
  end
  slot = math.ceil(slot)
  answer[#answer + 1] = slot - now
  moments[#moments + 1], sizes[#sizes + 1], spoken = slot, size, spoken + size
  slot = slot + size * 1000000 / rate
end

if urgent then
  redis.call('HDEL', KEYS[1], 'reserved_until')
end
redis.call('HSET', KEYS[1], 'free_at', string.format('%.0f', slot))
redis.call('PEXPIRE', KEYS[1], 600000)
while old < recent and moments[old + 1] <= now - window do
  old = old + 1
end
redis.call('LTRIM', KEYS[2], old, -1)
for index = recent + 1, #moments do
  redis.call('RPUSH', KEYS[2], string.format('%.0f:%d', moments[index], sizes[index]))
end
redis.call('PEXPIRE', KEYS[2], 600000)
return answer
