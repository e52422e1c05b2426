from tortoise import migrations
from tortoise.migrations import operations as ops
from models.enums import Every
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0016_export_spans')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Mentorship',
            name='own_every',
            field=fields.CharEnumField(null=True, description='WEEK: w1\nTWO_WEEKS: w2\nMONTH: m1\nTWO_MONTHS: m2\nQUARTER: m3\nHALF_YEAR: m6', enum_type=Every, max_length=2),
        ),
        ops.AddField(
            model_name='Mentorship',
            name='own_every_on',
            field=fields.DateField(null=True),
        ),
    ]
