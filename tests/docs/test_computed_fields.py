"""The example on the page of computed fields is a project file."""

import re
from pathlib import Path

from penstock.catalog.loading import load_catalog
from tests.docs.blocks import page

OTHERS = """
sources: [{name: shop, type: duckdb, path: shop.duckdb}]
models:
  - {name: orders, source: shop, table: orders, primary_key: order_id}
  - {name: companies, source: shop, table: companies, primary_key: company_id}
"""


def test_the_example_is_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", page("computed-fields"), re.DOTALL)
    (tmp_path / "others.yaml").write_text(OTHERS, encoding="utf-8")
    (tmp_path / "customers.yaml").write_text(example, encoding="utf-8")
    catalog, warnings = load_catalog(tmp_path, destination_types={}, environment={})
    assert warnings == ()
    assert len(catalog.models["customers"].computed) == 6
