"""Redis is a doorbell: flushed, restarted or gone at any moment, nothing is lost and nothing said twice."""

import redis


def _redis(walk):
    return redis.Redis.from_url(walk.house.settings.redis_url)


def test_a_blast_goes_on_when_redis_is_flushed_again_and_again(walk):
    drive = walk.launch(90, limits={"segments_per_second": 15})
    with _redis(walk) as bell:
        for so_many in (10, 30, 50, 70):
            walk.until(lambda so_many=so_many: len(walk.asks()) >= so_many)
            bell.flushall()
    walk.until_asked(drive)


def test_a_blast_goes_on_when_redis_is_killed_and_started_again(walk):
    drive = walk.launch(60, limits={"segments_per_second": 15})
    walk.until(lambda: len(walk.asks()) >= 15)
    walk.house.kill("redis")
    first = walk.asks()[0]["to"]
    walk.says(first, "Yes!")  # stored, though nobody can ring for it
    assert walk.replies(first)
    walk.house.start("redis")
    walk.until_heard(first, "Wonderful")
    walk.until_asked_after_all(drive)


def test_what_is_launched_while_redis_is_gone_begins_when_it_is_back(walk):
    walk.house.kill("redis")
    drive = walk.launch(5)
    walk.house.start("redis")
    walk.until_asked(drive)
