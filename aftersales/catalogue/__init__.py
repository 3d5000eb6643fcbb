"""What we service: appliances, brands, models, error codes, kinds of service and symptoms, found in free text."""
from .appliances import APPLIANCES, Appliance, find_appliance, find_appliances
from .brands import find_brand, is_brand
from .codes import find_error_code
from .models import find_model
from .services import SERVICE_TYPES, find_service_type, find_wish
from .symptoms import find_symptom

__all__ = [
    "APPLIANCES",
    "SERVICE_TYPES",
    "Appliance",
    "find_appliance",
    "find_appliances",
    "find_brand",
    "find_error_code",
    "find_model",
    "find_service_type",
    "find_symptom",
    "find_wish",
    "is_brand",
]
