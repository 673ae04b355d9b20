-- Gives the next free slot of a sender. Time is Redis's own, so that every machine agrees.
-- KEYS[1] the sender; ARGV: cost in segments, segments a second, furthest slot in µs, lead in µs, 1 when somebody waits
-- Answers {1, µs until the slot} or {0, µs after which asking again makes sense}.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local cost, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local furthest, lead, urgent = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'
local known = redis.call('HMGET', KEYS[1], 'free_at', 'reserved_until')
local free_at, reserved_until = tonumber(known[1]) or 0, tonumber(known[2]) or 0

if not urgent and reserved_until > now then
  return {0, reserved_until - now}
end
local slot = math.max(now + lead, free_at)
if slot - now > furthest then
  if urgent then -- asks step back until this one has had its slot
    redis.call('HSET', KEYS[1], 'reserved_until', string.format('%.0f', now + 1000000))
    redis.call('PEXPIRE', KEYS[1], 600000)
  end
  return {0, slot - now - furthest}
end
if urgent then
  redis.call('HDEL', KEYS[1], 'reserved_until')
end
redis.call('HSET', KEYS[1], 'free_at', string.format('%.0f', slot + cost * 1000000 / rate))
redis.call('PEXPIRE', KEYS[1], 600000)
return {1, slot - now}
