-- Counts a sender's texts in the carrier's last second. Time is Redis's own, so that every machine agrees.
-- KEYS: the texts ("name:segments", each scored by the µs at which it stops counting), their segments in all
-- ARGV: segments a second, µs for which a text counts while it is unanswered, how many have been answered,
--       the name of each of those and by how many µs less it counts, then the names of the texts to be spoken, in order
-- Answers how many of these may be spoken now, and are counted, and the µs until the next one may be.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local limit, counts, answered = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local segments = tonumber(redis.call('GET', KEYS[2]) or 0)

for index = 4, 3 + 2 * answered, 2 do
  redis.call('ZADD', KEYS[1], 'XX', 'INCR', '-' .. ARGV[index + 1], ARGV[index])
end
for _, text in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  segments = segments - tonumber(string.match(text, ':(%d+)$'))
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))

local said = 0
for index = 4 + 2 * answered, #ARGV do
  local size = tonumber(string.match(ARGV[index], ':(%d+)$'))
  if segments > 0 and segments + size > limit then -- one longer than the limit goes alone
    break
  end
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + counts), ARGV[index])
  segments, said = segments + size, said + 1
end
redis.call('SET', KEYS[2], segments, 'PX', 60000)
redis.call('PEXPIRE', KEYS[1], 60000)

local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {said, first[2] and math.ceil(tonumber(first[2]) - now) or 0}
