import pytest

from coopclaims.errors import UserError
from coopclaims.inference.distributed.cluster import ray_session
from coopclaims.inference.distributed.job import Job


@pytest.mark.parametrize("address", ["127.0.0.1:1", "[::1]:1", "127.0.0.1:99999999"])
def test_a_cluster_that_is_not_there_is_told_in_one_line(address: str) -> None:
    with (
        pytest.raises(UserError, match="cannot be reached"),
        ray_session(Job("model", "out", "records", "/"), None, address),
    ):
        pass
