-- Who is at a conversation just now. Time is Redis's own; what is older than a few seconds is nobody.
-- KEYS: the conversation     ARGV: the person's id, what they do and their name ("writes:Ana"), ms it lasts
-- Answers the others: id, words, id, words, ...
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local found = {}
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now) .. ':' .. ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local all = redis.call('HGETALL', KEYS[1])
for index = 1, #all, 2 do
  local seen, words = string.match(all[index + 1], '^(%d+):(.*)$')
  if now - tonumber(seen) > tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], all[index])
  elseif all[index] ~= ARGV[1] then
    table.insert(found, words)
  end
end
table.sort(found)
return found
