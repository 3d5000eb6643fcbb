"""A handful of annotated sentences and the storage Rasa gives to a component."""

from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData

SENTENCES = """
version: "3.1"
nlu:
- intent: describe_fault
  examples: |
    - [空调](appliance)[不制冷](symptom)了
    - [美的](brand)[空调](appliance)[不制冷](symptom)
    - [海尔](brand)[冰箱](appliance)[不制冷](symptom)了
    - 家里[冰箱](appliance)[漏水](symptom)
    - [洗衣机](appliance)[漏水](symptom)了，显示[E1](error_code)
    - [美的](brand)[洗衣机](appliance)[不转](symptom)
- intent: inform
  examples: |
    - [13800138000](phone)
    - 电话是[13900001111](phone)
    - 型号是[KFR-35GW/N8XHA1](model)
    - [张伟](person_name)，[13700002222](phone)
- intent: rate_service
  examples: |
    - [五星](score)好评
    - 给[4分](score)
    - [态度](dimension)[5分](score)
- intent: greet
  examples: |
    - 你好
    - 您好
    - 在吗
"""


@pytest.fixture
def training_data() -> TrainingData:
    return RasaYAMLReader().reads(SENTENCES)


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage.create(tmp_path)


@pytest.fixture
def resource() -> Resource:
    return Resource("component")


@pytest.fixture
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}))
